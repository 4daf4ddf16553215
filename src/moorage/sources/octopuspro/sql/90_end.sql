-- Only one more look, then the working tables go.

DROP TABLE tidy._given_invoices;
DROP TABLE tidy._given_lines;
DROP TABLE tidy._readings;
DROP TABLE tidy._named;
DROP TABLE tidy._claims;
DROP TABLE tidy._ties;
DROP TABLE tidy._cells;
DROP TABLE tidy._listed;
