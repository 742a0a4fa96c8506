"""Tables as offices publish them: from any file format to headings and rows of texts as printed."""
