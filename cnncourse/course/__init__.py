"""The engine of the course: what makes explorers, exercises and quizzes, whatever chapter they stand in."""
