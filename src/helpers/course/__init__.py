"""The course itself: from a lesson to a notebook, checks, quizzes and the learner's copies."""
