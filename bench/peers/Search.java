// Indexes plain records and answers queries with Lucene: id, title, level, domains and body, with 0x1f between the values
// and 0x1e behind each record.
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.MultiFieldQueryParser;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.FSDirectory;

public class Search {
    public static void main(String[] args) throws Exception {
        Path folder = Paths.get(args[1]);
        if (args[0].equals("index")) index(folder, Paths.get(args[2]));
        else query(folder, args);
    }

    private static void index(Path folder, Path records) throws Exception {
        IndexWriterConfig config = new IndexWriterConfig(new EnglishAnalyzer());
        config.setRAMBufferSizeMB(300);
        try (IndexWriter writer = new IndexWriter(FSDirectory.open(folder), config);
                BufferedReader reader = Files.newBufferedReader(records, StandardCharsets.UTF_8)) {
            StringBuilder record = new StringBuilder();
            for (int c; (c = reader.read()) >= 0; ) {
                if (c != 0x1e) {
                    record.append((char) c);
                    continue;
                }
                String[] values = record.toString().split("\u001f", 5);
                record.setLength(0);
                Document document = new Document();
                document.add(new StoredField("id", values[0]));
                document.add(new TextField("title", values[1], Field.Store.YES));
                document.add(new StringField("level", values[2], Field.Store.NO));
                for (String domain : values[3].split(","))
                    if (!domain.isEmpty()) document.add(new StringField("domain", domain, Field.Store.NO));
                document.add(new TextField("body", values[4], Field.Store.NO));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
    }

    private static void query(Path folder, String[] args) throws Exception {
        try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(folder))) {
            IndexSearcher searcher = new IndexSearcher(reader);
            MultiFieldQueryParser parser =
                    new MultiFieldQueryParser(new String[] {"title", "body"}, new EnglishAnalyzer());
            BooleanQuery.Builder query = new BooleanQuery.Builder();
            query.add(parser.parse(args[2]), BooleanClause.Occur.MUST);
            for (int at = 3; at < args.length; at++) {
                String[] filter = args[at].split(":");
                query.add(new TermQuery(new Term(filter[0], filter[1])), BooleanClause.Occur.FILTER);
            }
            TopDocs top = searcher.search(query.build(), 10);
            for (ScoreDoc hit : top.scoreDocs)
                System.out.println(searcher.doc(hit.doc).get("title"));
            System.out.println(searcher.count(query.build()));
        }
    }
}
