"""NumPy operators that speak ``torch.nn.functional``: same names, arguments, defaults and meaning."""
