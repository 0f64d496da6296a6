#include "node/cli/table.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/log.h"
#include "node/cli/display_text.h"

namespace tamga::cli {

Table::Table(std::initializer_list<std::string> headings) : headings_(headings) {}

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(headings_.size());
  for (std::string& cell : cells) cell = DisplayLines(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::Text(Style style) const {
  std::vector<std::vector<std::string>> rows = rows_;
  for (std::vector<std::string>& row : rows) {
    for (std::string& cell : row) cell = DisplayText(cell);
  }
  std::vector<size_t> widths;
  for (size_t column = 0; column < headings_.size(); ++column) {
    size_t width = DisplayWidth(headings_[column]);
    for (const auto& row : rows) width = std::max(width, DisplayWidth(row[column]));
    widths.push_back(width);
  }
  std::string text = Line(headings_, widths);
  if (style == Style::kColor) text = absl::StrCat("\033[1m", text, "\033[0m");
  absl::StrAppend(&text, "\n");
  for (const auto& row : rows) absl::StrAppend(&text, Line(row, widths), "\n");
  return text;
}

std::string Table::Json() const {
  std::string json = "[";
  for (const auto& row : rows_) {
    absl::StrAppend(&json, json.size() > 1 ? "," : "", "\n {");
    for (size_t column = 0; column < headings_.size(); ++column) {
      const std::string name = absl::StrReplaceAll(absl::AsciiStrToLower(headings_[column]), {{" ", "_"}});
      absl::StrAppend(&json, column > 0 ? ", " : "", JsonString(name), ": ", JsonString(row[column]));
    }
    absl::StrAppend(&json, "}");
  }
  return absl::StrCat(json, rows_.empty() ? "]\n" : "\n]\n");
}

std::string Table::Line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const {
  std::string line;
  size_t due = 0;  // spaces owed to the columns before
  for (size_t column = 0; column < cells.size(); ++column) {
    if (!cells[column].empty()) {
      line.append(due, ' ');
      line.append(cells[column]);
      due = 0;
    }
    due += widths[column] - DisplayWidth(cells[column]) + 2;
  }
  return line;
}

}  // namespace tamga::cli
