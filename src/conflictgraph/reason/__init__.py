"""OWL 2 RL over a store: rules of the profile's Tables 4 to 9, their fixpoint, findings and explanations."""
