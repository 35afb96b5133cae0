"""Headers and a kernel conf -> the options that may change a layout, and each turned over."""
