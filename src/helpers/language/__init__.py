"""Reading: tokens, embeddings, the chatbot and pretrained models."""
