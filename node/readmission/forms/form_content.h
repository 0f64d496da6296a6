// What stands on a form: one structure for application and decision, which the template lays out.
#pragma once

#include <string>
#include <vector>

#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_service.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::readmission {

struct FormRow {
  std::string label;
  std::string value;  // lines
};

struct FormParty {
  std::string label;
  std::string agency;
  std::string file_number;
};

struct FormBox {
  std::string label;
  bool is_marked;
};

// Boxes of which those that hold are marked.
struct FormChoice {
  std::string heading;
  std::vector<FormBox> boxes;
};

// Rows of a label and a value, or a table.
struct FormBlock {
  std::string heading;
  std::vector<FormRow> rows;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> lines;
};

struct FormContent {
  std::string title;
  std::string treaty_title;
  std::vector<FormParty> parties;
  std::vector<FormRow> times;
  std::vector<FormChoice> choices;
  std::vector<FormBlock> blocks;
};

// The event by which the case was decided, or nullptr: what was overtaken decided nothing.
const v1::ReadmissionEvent* FindDecision(const v1::ReadmissionCase& record);

// Times are in the time zone of the treaty's limits, or else in UTC.
FormContent ApplicationContent(const v1::ReadmissionCase& record, const v1::Treaty& treaty, v1::Language language);
FormContent DecisionContent(const v1::ReadmissionCase& record, const v1::ReadmissionEvent& decision,
                            const v1::Treaty& treaty, v1::Language language);

}  // namespace tamga::readmission
