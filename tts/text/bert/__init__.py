"""Word vectors of a BERT: words.py reads any model that `transformers` can load, masked_words.py pre-trains a small one on the
corpus's own texts, config.py says which of the two a recipe uses, neighbours.py shows what one has learned."""
