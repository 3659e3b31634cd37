"""The tree: accounts, groups, devices and channels, with search and favourites."""
