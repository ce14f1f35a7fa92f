"""Cases: what one party owes another by a time, with its clocks, its steps and whoever holds it."""
