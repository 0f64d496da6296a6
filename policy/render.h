// A treaty as people read it: each rule beside the legal text, in their language. Its hash goes into the ratification,
// since it is this that was read.
#pragma once

#include <string>

#include "policy/treaty_document.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

enum class RenderFormat { kMarkdown, kHtml };

// The same bytes for the same document, language and format. Names of things that only programs know (operations,
// classes, attributes) stay as they stand in the document. Where the document has no text in the language, the English
// one stands with a mark.
std::string Render(const TreatyDocument& document, v1::Language language, RenderFormat format);

}  // namespace tamga::policy
