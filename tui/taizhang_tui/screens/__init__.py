"""The screens: one module each, over the widgets and the data beside them."""
