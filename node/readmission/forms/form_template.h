// The page on which forms are printed.
#pragma once

namespace tamga::readmission {

// The content of form.html.mustache.
extern const char kFormTemplate[];

}  // namespace tamga::readmission
