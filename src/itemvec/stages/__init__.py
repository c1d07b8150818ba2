"""What each stage of ``dvc.yaml`` does: one module per stage, called by the script of the same name."""
