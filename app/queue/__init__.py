"""The queue: messages in, lanes leased, exports recorded, each company's pace."""
