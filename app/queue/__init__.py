"""The queue: messages received, lanes claimed, exports recorded, each company's pace."""
