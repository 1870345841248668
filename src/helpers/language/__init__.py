"""Reading: tokens, embeddings, recurrent networks, attention and the greeting chatbot."""
