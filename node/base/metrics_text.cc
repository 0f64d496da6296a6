#include "node/base/metrics_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tamga {

void MetricsText::AddGauge(absl::string_view name, absl::string_view help) {
  name_ = std::string(name);
  absl::StrAppend(&text_, "# HELP ", name, " ", help, "\n# TYPE ", name, " gauge\n");
}

void MetricsText::AddSample(std::initializer_list<std::pair<absl::string_view, absl::string_view>> labels,
                            int64_t value) {
  absl::StrAppend(&text_, name_);
  const char* before = "{";
  for (const auto& [label, said] : labels) {
    absl::StrAppend(&text_, before, label, "=\"",
                    absl::StrReplaceAll(said, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}), "\"");
    before = ",";
  }
  absl::StrAppend(&text_, labels.size() == 0 ? "" : "}", " ", value, "\n");
}

}  // namespace tamga
