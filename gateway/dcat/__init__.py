"""What the portal ``dcat`` reads: the forms of DCAT as one graph, and what its terms say of a dataset."""
