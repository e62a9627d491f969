"""One document on its way to Exact: its parcel, its route, its posts and their outcome."""
