"""An imaginary sixth cloud: its folder (`acme`), its row, and a server that plays its part."""
