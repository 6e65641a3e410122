"""Images of a clip as bar tracking needs them: decoded, sized, brightened; gradients and flow."""
