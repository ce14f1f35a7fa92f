"""Issues: the enterprises' difficulties, from 登记 to 销号."""
