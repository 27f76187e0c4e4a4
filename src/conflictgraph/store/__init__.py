"""The graph behind one small port: `port` says what every adapter promises, the rest keeps the promises."""
