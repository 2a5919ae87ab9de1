"""ALL-FABNET of paper 000: DenseNet-169, position attention, flipped attention, atrous pyramid, decoder."""
