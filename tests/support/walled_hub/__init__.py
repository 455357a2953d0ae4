"""A hub with the production configuration on this machine, for attacks from one user's server on another's."""
