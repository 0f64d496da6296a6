#include "adapters/partner_state/xml_records.h"

#include <expat.h>

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/check.h"

namespace tamga::adapters {
namespace {

constexpr size_t kChunkBytes = 64u << 10;
constexpr size_t kRecordDepth = 3;

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using ParserPtr = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

// Builds the current record from expat's events.
class RecordReader {
 public:
  RecordReader(absl::string_view root, const XmlRecordSink& sink)
      : root_(root), sink_(sink), parser_(XML_ParserCreate("UTF-8")) {
    TAMGA_CHECK(parser_ != nullptr);
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &OnStart, &OnEnd);
    XML_SetCharacterDataHandler(parser_.get(), &OnText);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &OnDoctype);
  }

  absl::Status Parse(absl::string_view chunk, bool last) {
    const XML_Status parsed = XML_Parse(parser_.get(), chunk.data(), static_cast<int>(chunk.size()), last);
    if (!status_.ok()) return status_;
    if (parsed == XML_STATUS_OK) return absl::OkStatus();
    return AtLine(XML_ErrorString(XML_GetErrorCode(parser_.get())));
  }

 private:
  static void OnStart(void* self, const char* name, const char** /*attributes*/) {
    static_cast<RecordReader*>(self)->Start(name);
  }
  static void OnEnd(void* self, const char* /*name*/) { static_cast<RecordReader*>(self)->End(); }
  static void OnText(void* self, const char* text, int size) {
    static_cast<RecordReader*>(self)->Text({text, static_cast<size_t>(size)});
  }
  static void OnDoctype(void* self, const char* /*name*/, const char* /*system_id*/, const char* /*public_id*/,
                        int /*has_internal_subset*/) {
    auto* reader = static_cast<RecordReader*>(self);
    reader->Stop(reader->AtLine("a DOCTYPE is not allowed; remove it"));
  }

  uint64_t Line() const { return XML_GetCurrentLineNumber(parser_.get()); }

  absl::Status AtLine(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("line ", Line(), ": ", what));
  }

  // The first error counts; expat may still deliver an event or two.
  void Stop(absl::Status status) {
    if (!status_.ok()) return;
    status_ = std::move(status);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void Start(absl::string_view name) {
    if (!status_.ok()) return;
    ++depth_;
    if (depth_ == 1 && name != root_) return Stop(AtLine(absl::StrCat("the root element must be ", root_)));
    if (depth_ > kMaxXmlDepth) return Stop(AtLine("elements are nested too deeply"));
    if (depth_ < kRecordDepth) return;
    if (depth_ == kRecordDepth) {
      line_ = Line();
      bytes_ = 0;
      elements_ = 0;
    }
    if (++elements_ > kMaxXmlRecordElements) return Stop(AtLine("the record has too many elements"));
    open_.push_back({std::string(name), "", {}});
    Count(name.size());
  }

  void Text(absl::string_view text) {
    if (!status_.ok() || open_.empty()) return;
    if (open_.back().text.size() + text.size() > kMaxXmlTextBytes) {
      return Stop(AtLine(absl::StrCat("an element holds more than ", kMaxXmlTextBytes, " bytes of text")));
    }
    absl::StrAppend(&open_.back().text, text);
    Count(text.size());
  }

  void End() {
    if (!status_.ok()) return;
    --depth_;
    if (open_.empty()) return;
    XmlElement closed = std::move(open_.back());
    open_.pop_back();
    if (!open_.empty()) {
      open_.back().children.push_back(std::move(closed));
    } else if (absl::Status status = sink_(line_, closed); !status.ok()) {
      Stop(std::move(status));
    }
  }

  void Count(size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > kMaxXmlRecordBytes) {
      Stop(AtLine(absl::StrCat("the record is larger than ", kMaxXmlRecordBytes, " bytes")));
    }
  }

  const absl::string_view root_;
  const XmlRecordSink& sink_;
  const ParserPtr parser_;
  absl::Status status_;
  size_t depth_ = 0;
  // The record and the elements open inside it, outermost first.
  std::vector<XmlElement> open_;
  uint64_t line_ = 0;
  size_t bytes_ = 0;
  size_t elements_ = 0;
};

}  // namespace

std::string XmlElement::OneLine() const {
  return absl::StrJoin(absl::StrSplit(text, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty()), " ");
}

std::string XmlElement::Text(absl::string_view child) const {
  for (const XmlElement& element : children) {
    if (element.name == child) return element.OneLine();
  }
  return "";
}

absl::Status ReadXmlRecords(std::istream& input, absl::string_view root, const XmlRecordSink& sink) {
  RecordReader reader(root, sink);
  std::string chunk(kChunkBytes, '\0');
  while (true) {
    input.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    if (input.bad()) return absl::DataLossError("the list could not be read to its end");
    const auto size = static_cast<size_t>(input.gcount());
    const bool last = size < chunk.size();
    absl::Status status = reader.Parse(absl::string_view(chunk).substr(0, size), last);
    if (!status.ok() || last) return status;
  }
}

}  // namespace tamga::adapters
