"""What each chapter brings along: its exercises, explorers, quiz and measured runs."""
