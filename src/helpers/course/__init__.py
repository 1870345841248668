"""The course: lessons built into notebooks, checks, quizzes and the learner's copies."""
