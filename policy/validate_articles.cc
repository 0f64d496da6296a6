#include <set>
#include <string>

#include "policy/validate_forms.h"
#include "policy/validate_parts.h"

namespace tamga::policy {

void CheckTextStatus(v1::TextStatus status, const std::string& note, const Place& root, Findings* findings) {
  if (!v1::TextStatus_IsValid(status) || status == v1::TEXT_STATUS_UNSPECIFIED) {
    findings->Add(root.Field("text_status"), "must be TEXT_STATUS_OFFICIAL or TEXT_STATUS_MODEL");
  }
  if (status != v1::TEXT_STATUS_OFFICIAL) CheckWritten(note, root.Field("text_note"), findings);
}

void CheckLocalTexts(const google::protobuf::RepeatedPtrField<v1::LocalText>& texts, const std::string& field,
                     const Place& parent, Findings* findings) {
  std::set<int> seen;
  for (int i = 0; i < texts.size(); ++i) {
    const Place place = parent.Element(field, i);
    CheckEnum(texts.Get(i).language(), v1::Language_IsValid, place.Field("language"), findings);
    if (texts.Get(i).language() == v1::LANGUAGE_EN) {
      findings->Add(place.Field("language"), "must be another language; the English text has its own field");
    }
    CheckUnique(&seen, static_cast<int>(texts.Get(i).language()), place.Field("language"), findings);
    CheckWritten(texts.Get(i).text(), place.Field("text"), findings);
  }
}

void CheckArticles(const google::protobuf::RepeatedPtrField<v1::Article>& articles, const Place& root,
                   Findings* findings) {
  if (articles.empty()) findings->Add(root.Field("id"), "has no articles; write those that the rules cite");
  std::set<std::string> seen;
  for (int i = 0; i < articles.size(); ++i) {
    const v1::Article& article = articles.Get(i);
    const Place place = root.Element("articles", i);
    CheckArticleNumber(article.number(), place.Field("number"), findings);
    CheckUnique(&seen, article.number(), place.Field("number"), findings);
    CheckWritten(article.summary(), place.Field("summary"), findings);
    CheckLocalTexts(article.summaries(), "summaries", place, findings);
  }
}

}  // namespace tamga::policy
