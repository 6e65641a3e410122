"""Bar speed: metres, the lift's interval, speeds and their errors."""
