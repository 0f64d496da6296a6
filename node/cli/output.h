// Data goes to stdout as a table or as JSON; everything said to a person goes to stderr.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "node/cli/environment.h"
#include "node/cli/table.h"

namespace tamga::cli {

// Prints the message as JSON (see RecordJson) if the settings ask for that, and says whether it did.
bool PrintedAsJson(Environment& environment, const google::protobuf::Message& message);

// The whole response as JSON, or as text (see RecordText) only that part of it which is the record.
void PrintRecord(Environment& environment, const google::protobuf::Message& response,
                 const google::protobuf::Message& record);

// Prints the table's text whatever the settings.
void PrintTable(Environment& environment, const Table& table);

// A table that stands for no message: its text, or its own JSON.
void PrintTableOrJson(Environment& environment, const Table& table);

struct NamedTable {
  std::string name;  // in JSON
  Table table;
};

// Several tables: their texts, an empty line apart and without those that have no rows, or one JSON object with each
// table's rows under its name.
void PrintTablesOrJson(Environment& environment, const std::vector<NamedTable>& tables);

// A line on stderr, unless --quiet. Made harmless for a terminal.
void Say(Environment& environment, absl::string_view line);

}  // namespace tamga::cli
