"""Talk with the greeting chatbot."""
