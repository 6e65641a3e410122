"""From a video or its landmarks to the result: poses, sets, bar, verdict, document."""
