"""Documents on paper: Word in the layout of GB/T 9704-2012, PDF, an annex of records, and the page of the browser."""
