// Indexes plain records from standard input with Xapian: id, title, level, domains and body, with 0x1f between the values
// and 0x1e behind each record. The title is kept as the document's data, which `quest` prints.
#include <iostream>
#include <sstream>
#include <string>
#include <xapian.h>

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    Xapian::WritableDatabase database(argv[1], Xapian::DB_CREATE_OR_OVERWRITE);
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem("english"));
    std::string record;
    while (std::getline(std::cin, record, '\x1e')) {
        std::istringstream values(record);
        std::string id, title, level, domains, domain, body;
        std::getline(values, id, '\x1f');
        std::getline(values, title, '\x1f');
        std::getline(values, level, '\x1f');
        std::getline(values, domains, '\x1f');
        std::getline(values, body, '\0');
        Xapian::Document document;
        generator.set_document(document);
        generator.index_text(title, 2);
        generator.increase_termpos();
        generator.index_text(body);
        document.set_data(title);
        document.add_boolean_term("XL" + level);
        std::istringstream list(domains);
        while (std::getline(list, domain, ','))
            if (!domain.empty()) document.add_boolean_term("XD" + domain);
        database.add_document(document);
    }
    database.commit();
}
