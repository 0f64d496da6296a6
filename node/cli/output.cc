#include "node/cli/output.h"

#include "absl/strings/ascii.h"
#include "node/cli/display_text.h"
#include "node/cli/record_json.h"
#include "node/cli/record_text.h"

namespace tamga::cli {

bool PrintedAsJson(Environment& environment, const google::protobuf::Message& message) {
  if (environment.settings.output != OutputFormat::kJson) return false;
  environment.out << RecordJson(message);
  return true;
}

void PrintRecord(Environment& environment, const google::protobuf::Message& response,
                 const google::protobuf::Message& record) {
  if (!PrintedAsJson(environment, response)) environment.out << RecordText(record);
}

void PrintTable(Environment& environment, const Table& table) {
  environment.out << table.Text(environment.out_takes_color ? Style::kColor : Style::kPlain);
}

void PrintTableOrJson(Environment& environment, const Table& table) {
  if (environment.settings.output == OutputFormat::kJson) {
    environment.out << table.Json();
  } else {
    PrintTable(environment, table);
  }
}

void PrintTablesOrJson(Environment& environment, const std::vector<NamedTable>& tables) {
  const bool is_json = environment.settings.output == OutputFormat::kJson;
  const char* separator = "";
  if (is_json) environment.out << "{";
  for (const NamedTable& named : tables) {
    if (is_json) {
      environment.out << separator << "\"" << named.name
                      << "\": " << absl::StripTrailingAsciiWhitespace(named.table.Json());
      separator = ",\n";
    } else if (!named.table.empty()) {
      environment.out << separator;
      PrintTable(environment, named.table);
      separator = "\n";
    }
  }
  if (is_json) environment.out << "}\n";
}

void Say(Environment& environment, absl::string_view line) {
  if (!environment.settings.quiet) environment.err << DisplayLines(line) << "\n";
}

}  // namespace tamga::cli
