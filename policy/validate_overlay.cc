#include "policy/validate.h"
#include "policy/validate_forms.h"
#include "policy/validate_parts.h"

namespace tamga::policy {

void ValidateOverlay(const v1::Overlay& overlay, const Place& root, Findings* findings) {
  CheckDocumentId(overlay.id(), root.Field("id"), findings);
  if (overlay.version() == 0) findings->Add(root.Field("version"), "is required; count from 1");
  CheckState(overlay.state(), root.Field("state"), findings);
  CheckWritten(overlay.title(), root.Field("title"), findings);
  CheckWritten(overlay.citation(), root.Field("citation"), findings);
  CheckTextStatus(overlay.text_status(), overlay.text_note(), root, findings);
  CheckArticles(overlay.articles(), root, findings);

  Known known;
  // Its rules apply where its State asks or answers, whatever the other side is.
  known.is_any_side = true;
  for (const v1::Article& article : overlay.articles()) known.articles.insert(article.number());
  const v1::Narrowing& rules = overlay.narrowing();
  // A later version without rules is how a law that was repealed ends.
  if (overlay.version() == 1 && rules.prohibitions_size() + rules.ceilings_size() + rules.duties_size() == 0) {
    findings->Add(root.Field("narrowing"), "has no rules; write what the law forbids, limits or demands");
  }
  CheckNarrowing(rules, known, root.Field("narrowing"), findings);
}

}  // namespace tamga::policy
