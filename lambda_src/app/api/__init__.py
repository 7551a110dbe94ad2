"""The HTTP surface: parse, call one service function, answer with a typed model."""
