"""What is in the graph, by numbers, in the words of VoID; and the dataset, in those of DCAT."""
