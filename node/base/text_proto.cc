#include "node/base/text_proto.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"

namespace tamga {
namespace {

constexpr size_t kMaxBytes = 1u << 20;

// Warnings count as errors: what the parser has doubts about is not to be gone by.
class Findings final : public google::protobuf::io::ErrorCollector {
 public:
  explicit Findings(const std::string& name) : name_(name) {}

  // Lines and columns come counted from 0.
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    absl::StrAppend(&text_, text_.empty() ? "" : "\n", name_, ":", line + 1, ":", column + 1, ": ", message);
  }
  void AddWarning(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    AddError(line, column, message);
  }
  const std::string& text() const { return text_; }

 private:
  const std::string& name_;
  std::string text_;
};

}  // namespace

absl::Status ParseTextProto(absl::string_view text, const std::string& name, google::protobuf::Message& message) {
  Findings findings(name);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&findings);
  if (parser.ParseFromString(std::string(text), &message) && findings.text().empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(findings.text());
}

absl::Status ReadTextProto(const std::string& path, google::protobuf::Message& message) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxBytes));
  return ParseTextProto(text, path, message);
}

}  // namespace tamga
