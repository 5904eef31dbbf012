"""Forms without the screen: questions and answers, what there is to choose, lines, and what would be recorded."""
