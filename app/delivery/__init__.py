"""The delivery of one document to Exact: its parcel, its route, its posts and their outcome."""
