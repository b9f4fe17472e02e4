package fault

// Break is Apply for images that are made by hand and not valid as a whole.
var Break = breakImage
