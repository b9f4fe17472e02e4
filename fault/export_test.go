package fault

// Break is Apply for images that are made by hand and not valid as a whole, and ParseFile
// reads the text of a file.
var (
	Break     = breakImage
	ParseFile = parseFile
)
