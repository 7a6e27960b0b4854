"""Gold in, a model folder out: samples, fitting, cross-validation, the model card."""
